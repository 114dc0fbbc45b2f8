/** `config`: the resolved system, every value of every service, with where each comes from. */
import {
  type Described,
  describeSystem,
  formatOrigin,
  printYaml,
  readComposeProject,
  type ValueOrigin,
} from '../../index.js';
import { shortenPath } from '../output.js';
import { maskValue } from '../render/secrets.js';
import type { Context, VerbImplementation } from '../verb.js';

export const config: VerbImplementation = {
  async run(context, { flags }) {
    const { system, out } = context;
    const isRevealed = flags.has('reveal');
    if (flags.has('format')) return printCompose(context, flags.get('format')!, isRevealed);
    const { description, originOf } = await describeSystem(system);
    const shown = isRevealed ? description : masked(description);
    const isOrigin = flags.has('origin');
    if (flags.has('json')) {
      const services = new Set(system.services.keys());
      const { name, fuge_global, ...all } = shown as Record<string, Described>;
      out.json({
        name,
        file: system.file,
        portOffset: system.portOffset,
        fuge_global,
        services: Object.fromEntries(Object.entries(all).filter(([key]) => services.has(key))),
        ...(isOrigin && { origins: originsOf(description, path => describeOrigin(originOf(path))) }),
      });
    } else {
      if (system.portOffset !== 0) out.print(`# ports moved by ${system.portOffset} (--port-offset)`);
      out.print(await printYaml(shown, isOrigin ? path => describeOrigin(originOf(path)) : undefined));
    }
    return 0;
  },
};

async function printCompose({ system, out }: Context, format: string | true, isRevealed: boolean): Promise<number> {
  if (format !== 'compose') {
    out.complain(`config knows the format "compose", not "${format}"`);
    return 2;
  }
  const { project, diagnostics } = await readComposeProject(system.file, { profiles: system.profiles });
  if (project === undefined) {
    for (const diagnostic of diagnostics) out.diagnose(diagnostic);
    out.complain('the format "compose" is for a Compose file alone');
    return 2;
  }
  out.print(JSON.stringify(isRevealed ? project : masked(project), undefined, 2));
  return 0;
}

/** Texts whose name looks secret are hidden, and passwords in addresses. */
function masked(value: Described, name = ''): Described {
  if (typeof value === 'string') return maskValue(name, value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(item => masked(item, name));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, key)]));
}

/** `fuge.yml:3:8`, `fuge.yml:3:8, PORT from the environment`, `default`. */
function describeOrigin(origin: ValueOrigin): string {
  if (origin.kind === 'default') return 'default';
  const variables = origin.variables.map(({ name, from }) => `, ${name} ${FROM[from]}`);
  return formatOrigin(origin.at, { path: shortenPath }) + variables.join('');
}

const FROM = {
  environment: 'from the environment',
  '.env': 'from .env',
  default: 'by its default',
  nowhere: 'has no value',
} as const;

/** By dotted path, every value that is no map. */
function originsOf(description: Described, say: (path: readonly string[]) => string): Record<string, string> {
  const origins: Record<string, string> = {};
  const walk = (value: Described, path: readonly string[]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) origins[path.join('.')] = say(path);
    else for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
  };
  walk(description, []);
  return origins;
}
