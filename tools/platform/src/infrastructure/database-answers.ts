/** Resolves when the database answers a ping of the driver; throws with its reason otherwise. */
export async function databaseAnswers(mongodbUrl: string): Promise<void> {
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(mongodbUrl, { serverSelectionTimeoutMS: 3_000, connectTimeoutMS: 3_000 });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}
