import { Inject, Injectable } from '@nestjs/common';
import { Schema, type Model } from 'mongoose';
import { Database } from '@throughline/shared/persistence';
import type { HsdsOrganization } from '../domain/hsds.js';

interface OrganizationDocument {
  _id: string;
  /** The dataset that brought it. */
  dataset: string;
  hash: string;
  content: HsdsOrganization;
}

/** An organization on its way into the directory. */
export type OrganizationToSave = Omit<OrganizationDocument, '_id'>;

/** The organizations of the directory. Nobody subscribes to them: what they offer is announced, service by service. */
@Injectable()
export class OrganizationsRepository {
  private readonly model: Model<OrganizationDocument>;

  constructor(@Inject(Database) database: Database) {
    const mixed = { type: Schema.Types.Mixed };
    const schema = new Schema<OrganizationDocument>(
      { _id: String, dataset: String, hash: String, content: mixed } as never,
      { versionKey: false, minimize: false },
    );
    this.model = database.model<OrganizationDocument>('Organization', schema, 'organizations');
  }

  /** The organizations of these ids that there are, by id. */
  async byIds(ids: readonly string[]): Promise<Map<string, HsdsOrganization>> {
    const docs = this.model.collection.find({ _id: { $in: [...new Set(ids)] as never[] } });
    const organizations = new Map<string, HsdsOrganization>();
    for await (const doc of docs) organizations.set(String(doc._id), (doc as unknown as OrganizationDocument).content);
    return organizations;
  }

  async hashesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const filter = { _id: { $in: ids as never[] } };
    const hashes = new Map<string, string>();
    for await (const doc of this.model.collection.find(filter, { projection: { hash: 1 } }))
      hashes.set(String(doc._id), (doc as unknown as OrganizationDocument).hash);
    return hashes;
  }

  /** Writes organizations, new ones and changed ones. */
  async save(organizations: readonly OrganizationToSave[]): Promise<void> {
    if (organizations.length === 0) return;
    await this.model.collection.bulkWrite(
      organizations.map(({ content, ...rest }) => ({
        updateOne: {
          filter: { _id: content.id as never },
          update: { $set: { ...rest, content } as never },
          upsert: true,
        },
      })),
    );
  }
}
