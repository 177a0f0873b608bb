import { PROJECT_DIR } from './folders.ts';
import { parseStartArguments } from './start-arguments.ts';

describe('the arguments of npm start', () => {
  test('none mean port 8000, demo data, the project’s own folder', () => {
    expect(parseStartArguments([], {}, () => undefined)).toEqual({
      help: false,
      detach: false,
      demo: true,
      redis: true,
      supervisor: false,
      gatewayPort: 8000,
      stackDir: `${PROJECT_DIR}/.local/stack`,
      demoPassword: 'demo-pass-2026',
      logLevel: 'info',
    });
  });

  test('can detach, leave the demo out and choose another place', () => {
    const environment = {
      GATEWAY_PORT: '9000',
      STACK_DIR: '/somewhere',
      DEMO_PASSWORD: 'another-password',
      LOG_LEVEL: 'debug',
    };
    expect(parseStartArguments(['--detach', '--no-demo'], environment)).toMatchObject({
      detach: true,
      demo: false,
      gatewayPort: 9000,
      stackDir: '/somewhere',
      demoPassword: 'another-password',
      logLevel: 'debug',
    });
  });

  test('a stack stays on the port of its last start, unless another is named', () => {
    expect(parseStartArguments([], {}, () => 8400).gatewayPort).toBe(8400);
    expect(parseStartArguments([], { GATEWAY_PORT: '9000' }, () => 8400).gatewayPort).toBe(9000);
  });

  test.each([
    [{ GATEWAY_PORT: 'http' }, 'GATEWAY_PORT is "http"'],
    [{ GATEWAY_PORT: '70000' }, 'GATEWAY_PORT is "70000"'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud"; it must be one of silent'],
    [{ DEMO_PASSWORD: 'eleven-char' }, 'DEMO_PASSWORD has 11 characters; it needs 12 to 128'],
    [{ DEMO_PASSWORD: 'p'.repeat(129) }, 'DEMO_PASSWORD has 129 characters; it needs 12 to 128'],
    [{ DEMO_PASSWORD: 'a password\tof tabs' }, 'DEMO_PASSWORD has a control character'],
    [{ STACK_PROVIDERS: 'cloud' }, 'STACK_PROVIDERS: "cloud"'],
  ])('%j is refused by name', (environment, message) => {
    expect(() => parseStartArguments([], environment)).toThrow(message);
  });

  test('an unknown argument is refused', () => {
    expect(() => parseStartArguments(['--detatch'], {})).toThrow(/--detatch.*--help/);
  });
});
