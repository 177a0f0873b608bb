// Jest's --filter: of the files that the patterns name, those that TEST_ONLY_FILES lists, and with or without the drills.
const wanted = process.env.TEST_ONLY_FILES && new Set(JSON.parse(process.env.TEST_ONLY_FILES));
const drills = process.env.TEST_DRILLS;

const isWanted = (path) => !wanted || wanted.has(path);
const isInTurn = (path) => !drills || (drills === 'only') === /[/\\]tests[/\\]faults[/\\]/.test(path);
const onlyFiles = (paths) => ({ filtered: paths.filter((path) => isWanted(path) && isInTurn(path)) });

// Jest requires this file and calls what it gets.
export { onlyFiles as 'module.exports' };
