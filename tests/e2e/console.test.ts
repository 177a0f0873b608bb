/**
 * The console in a real Chromium, by clicks, roles and labels: signing in, the main story, what happens once, what is refused,
 * and every page in both languages, widths and themes. What a browser complains about fails the test. One platform for all.
 */
import { accounts } from './console/accounts.ts';
import { openDesk } from './console/desk.ts';
import { everyPage } from './console/every-page.ts';
import { keyboard } from './console/keyboard.ts';
import { members } from './console/members.ts';
import { platform } from './console/platform.ts';
import { programme } from './console/programme.ts';
import { signingIn } from './console/signing-in.ts';
import { statistics } from './console/statistics.ts';

const desk = await openDesk();
beforeAll(() => desk.start());
afterAll(() => desk.stop());

describe('members', () => {
  members(desk);
});
describe('signing in', () => {
  signingIn(desk);
});
describe('a programme', () => {
  programme(desk);
});
describe('statistics', () => {
  statistics(desk);
});
describe('the platform', () => {
  platform(desk);
});
describe('accounts and keys', () => {
  accounts(desk);
});
describe('by keyboard', () => {
  keyboard(desk);
});
describe('every page', () => {
  everyPage(desk);
});
