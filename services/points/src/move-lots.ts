/** The command that moves lots into their records: `node services/points/src/move-lots.ts`, or `npm run move-lots` beside a local stack. */
import { runLedgerCommand } from './ledger-command.ts';
import { moveLots } from './ledger/move-lots.ts';

const HELP = `Moves the lots of points into the records that made them, while the service runs: an earning then writes a document less.
Profiles that are new in this version have theirs there already.

  npm run move-lots

Run it once, when every process of the points service is of this version: one of a version before does not find what has been
moved, and there is no way back to such a version. It may be stopped and run again. Each profile is moved in one transaction;
its member's own requests wait for that: some seconds where it has 5,000 lots.

Ends with 0 when all are moved, with 2 when it could not move them.

Environment:
  MONGODB_URI, MONGODB_URI_FILE   the database of the points service (npm run move-lots: unless given, that of the local stack)
`;

await runLedgerCommand({
  help: HELP,
  work: moveLots,
  sumOf: ({ profiles, lots }) => `${profiles} profiles, ${lots} lots moved`,
});
