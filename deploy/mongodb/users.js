// Run once by the image, on an empty data folder: a database and an account for each service, which may use that one alone.
const users = JSON.parse(require('fs').readFileSync('/secrets/users.json', 'utf8'));
for (const { name, password } of users) {
  const database = db.getSiblingDB(name);
  database.createUser({ user: name, pwd: password, roles: [{ role: 'readWrite', db: name }] });
}
