import { databaseOf, withDatabase, withoutPassword } from './database-uri.ts';

describe('the address of a service’s database', () => {
  test('is the server’s address with the database in its path', () => {
    expect(withDatabase('mongodb://127.0.0.1:27017', databaseOf('points'))).toBe(
      'mongodb://127.0.0.1:27017/membership_points',
    );
  });

  test('keeps the options and every host', () => {
    expect(withDatabase('mongodb://a:1,b:2/?replicaSet=rs0&w=majority', 'x')).toBe(
      'mongodb://a:1,b:2/x?replicaSet=rs0&w=majority',
    );
  });

  test('says where the user is defined, because the path no longer does', () => {
    expect(withDatabase('mongodb://u:p@a/?tls=true', 'x')).toBe(
      'mongodb://u:p@a/x?tls=true&authSource=admin',
    );
    expect(withDatabase('mongodb://u:p@a/users', 'x')).toBe('mongodb://u:p@a/x?authSource=users');
    expect(withDatabase('mongodb+srv://u:p@a/?authSource=z', 'x')).toBe('mongodb+srv://u:p@a/x?authSource=z');
  });

  test('of something else is refused without showing a password', () => {
    expect(() => withDatabase('postgres://u:secret@a/x', 'x')).toThrow('postgres://u:***@a/x');
    expect(withoutPassword('amqp://guest:guest@a:5672')).toBe('amqp://guest:***@a:5672');
  });
});
