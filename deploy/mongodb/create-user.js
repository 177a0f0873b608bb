// Run once, on an empty volume: the service's own user, who may read and write the service's own database.
const { SERVICE, SERVICE_PASSWORD } = process.env;
db.getSiblingDB(SERVICE).createUser({ user: SERVICE, pwd: SERVICE_PASSWORD, roles: ['readWrite'] });
