/** The command that tells the lots of profiles of versions before: `node services/points/src/tell-lots.ts`, or `npm run tell-lots` beside a local stack. */
import { runLedgerCommand } from './ledger-command.ts';
import { tellLots } from './ledger/tell-lots.ts';

const HELP = `Tells when the points of each profile were earned and when they end, as facts, while the service runs: the statistics of
liability and breakage count by it. Profiles that are new in this version have told it from the beginning.

  npm run tell-lots

Run it once, when every process of the points service is of this version: what one of a version before moves afterwards is
missing from these statistics. It may be stopped and run again. Each profile is told once, in a transaction of twenty.

Ends with 0 when all are told, with 2 when it could not tell them.

Environment:
  MONGODB_URI, MONGODB_URI_FILE   the database of the points service (npm run tell-lots: unless given, that of the local stack)
`;

await runLedgerCommand({
  help: HELP,
  work: tellLots,
  sumOf: ({ profiles, lots }) => `${profiles} profiles, ${lots} lots told`,
});
