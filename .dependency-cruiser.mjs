// Fences between the parts of the code. Each one's comment says what to do instead.
const sources = '^(apps|libs|services)/[^/]+/src/';
const tests = ['[.]test[.]ts$', '^(libs|services)/[^/]+/test/', '^tests/'];

export default {
  forbidden: [
    {
      name: 'no-service-in-service',
      comment:
        'A service never imports another. Announce a fact (contracts/events) that the other consumes, or call it through its contract.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'contracts-need-zod-only',
      comment:
        'Contracts import zod and their own files, so that a browser, a tool or another language’s generator can load them. Move what needs more to libs/platform.',
      severity: 'error',
      from: { path: '^libs/contracts/src/', pathNot: tests },
      to: { pathNot: ['^libs/contracts/', '(^|/)node_modules/zod/'] },
    },
    {
      name: 'client-stands-alone',
      comment:
        'The client runs in browsers and in other people’s projects: it imports openapi-fetch and its own files. What it must know of the platform is generated into it (tools/docs/client-types.ts).',
      severity: 'error',
      from: { path: '^libs/client/src/', pathNot: tests },
      to: { pathNot: ['^libs/client/', '(^|/)node_modules/openapi-fetch/'] },
    },
    {
      name: 'no-client-in-sources',
      comment:
        'The client is for those who call the platform from outside. Services and tools call by contract (contracts/client.ts).',
      severity: 'error',
      from: { path: '^(libs|services|tools)/', pathNot: ['^libs/client/'] },
      to: { path: '^libs/client/' },
    },
    {
      name: 'console-by-the-client',
      comment:
        'The console runs in browsers and knows the platform by its published API alone: of this repository it imports the client (with the types of the OpenAPI document) and its own files.',
      severity: 'error',
      from: { path: '^apps/', pathNot: tests },
      to: { path: '^(libs|services|tools|tests)/', pathNot: ['^libs/client/src/'] },
    },
    {
      name: 'features-apart',
      comment:
        'A page of the console imports api, ui, session and preferences, no other page: what two pages share belongs in ui. What a large page is made of lies in the folder of its name.',
      severity: 'error',
      from: { path: '^apps/console/src/features/([^/.]+)' },
      to: { path: '^apps/console/src/(features|shell)/', pathNot: '^apps/console/src/features/$1[/.]' },
    },
    {
      name: 'no-service-in-libs',
      comment:
        'Libraries know no service. Pass in what is needed as a parameter, or move the code to the service.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^services/' },
    },
    {
      name: 'no-tests-in-sources',
      comment:
        'Sources import no tests and no test builders. What both need belongs in src (libs/platform/src/testing for test kits).',
      severity: 'error',
      from: { path: sources, pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-tools-in-sources',
      comment:
        'Tools start services from outside; a service that needs a tool’s code should find it in libs/platform. Its tests may find a browser there.',
      severity: 'error',
      from: { path: '^(apps|libs|services)/', pathNot: '^services/[^/]+/test/' },
      to: { path: '^tools/' },
    },
    {
      name: 'storage-behind-repositories',
      comment:
        'In a service only *-repository.ts, models.ts, migrations and app.ts/main.ts import mongoose. Give the repository a method that answers domain objects.',
      severity: 'error',
      from: {
        path: '^services/[^/]+/src/',
        pathNot: [
          ...tests,
          '(-repository|/models|/app|/main)[.]ts$',
          '/migrations(/|[.]ts$)',
          '-migrations?[.]ts$',
        ],
      },
      // A type, such as that of a session that is passed on, ties nothing.
      to: { path: '(^|/)node_modules/mongoose/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-storage-in-doors',
      comment:
        '*.routes.ts and *.views.ts run no storage code. Call a use-case (a verb’s file), or take the repository as a parameter (import type).',
      severity: 'error',
      from: { path: '[.](routes|views)[.]ts$' },
      to: { path: '-repository[.]ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-documents-in-doors',
      comment:
        '*.routes.ts and *.views.ts know domain objects, not documents. Let the repository answer the domain’s type.',
      severity: 'error',
      from: { path: '[.](routes|views)[.]ts$' },
      to: { path: '(^|/)models[.]ts$' },
    },
    {
      name: 'decisions-in-plain-code',
      comment:
        'What the ledger decides asks nobody (ADR 14). Put what it needs into the book: a field of it, a line in load-books.ts, a kind of Needs.',
      severity: 'error',
      from: {
        path: [
          '^services/points/src/(domain|ledger/decide)/',
          '^services/points/src/ledger/(book|books|changes|known-lots|needs|reserved-ids)[.]ts$',
        ],
        pathNot: tests,
      },
      to: {
        path: [
          'node_modules/(mongoose|mongodb)/',
          '^libs/platform/src/(?!calendar|canonical-json|scope)',
          '^services/points/src/(models|app)[.]ts$',
          '^services/points/src/.*-repository[.]ts$',
          '^services/points/src/ledger/(commit|ledger|load-books|write-changes)[.]ts$',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-decision-reads-kept-answers',
      comment:
        'Answers that Redis keeps are shown, and nothing is decided by them (ADR 19): a door is given what it shows by app.ts. Whoever writes reads the database, in its transaction.',
      severity: 'error',
      from: {
        path: '^(services|libs)/',
        pathNot: [
          ...tests,
          '^libs/platform/src/answers/',
          '^services/[^/]+/src/app[.]ts$',
          '^services/points/src/.*/shown-[^/]+[.]ts$',
        ],
      },
      to: {
        path: ['^libs/platform/src/answers/', '^services/points/src/.*/shown-[^/]+[.]ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'one-way-into-the-ledger',
      comment: 'Loading, deciding and writing meet in commit.ts alone (ADR 14): import commit.ts.',
      severity: 'error',
      from: {
        path: '^services/points/src/',
        pathNot: [...tests, '^services/points/src/ledger/commit[.]ts$'],
      },
      to: { path: '^services/points/src/ledger/(load-books|write-changes|decide/decide-all)[.]ts$' },
    },
    {
      name: 'no-cycles',
      comment:
        'Files that import each other in a circle can only be understood together. Move what both need to a third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere: is the package in package.json, the file committed?',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)([.]local|dist)/' },
    // Reads types apart from values; TypeScript 7 has no interface for the default parser.
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@membership/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};
