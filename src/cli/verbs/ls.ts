/** `ls`: the systems that run on this machine. */
import { attach, type RunningSystem, runningSystems, type ServiceStatus } from '../../index.js';
import { shortenPath } from '../output.js';
import { formatAge } from '../render/duration.js';
import { renderTable } from '../render/table.js';
import type { VerbImplementation } from '../verb.js';

interface Standing {
  readonly ready: number;
  readonly services: number;
  /** Services that have failed or do not answer. */
  readonly troubled: readonly string[];
}

/** ms that one that does not answer is waited for. */
const PATIENCE_MS = 1000;

export const ls: VerbImplementation = {
  async run({ out }, { flags }) {
    const systems = await runningSystems();
    const standings = await Promise.all(systems.map(standingOf));
    const now = Date.now();
    if (flags.has('json')) {
      for (const [i, { name, file, pid, since }] of systems.entries()) {
        const standing = standings[i];
        out.json({
          name,
          file,
          pid,
          since,
          reachable: standing !== undefined,
          services: standing?.services ?? null,
          ready: standing?.ready ?? null,
          troubled: standing?.troubled ?? null,
        });
      }
      return 0;
    }
    if (systems.length === 0) {
      out.print('no system runs: "fuge up -d" starts one in the background, "fuge shell" at a prompt');
      return 0;
    }
    const { paint } = out;
    const columns = [
      { title: 'NAME', least: 8 },
      { title: 'STATE', least: 16 },
      { title: 'PID', align: 'right' as const },
      { title: 'UP' },
      { title: 'FILE', least: 12 },
    ];
    const rows = systems.map(({ name, pid, since, file }, i) => {
      const { text, isGood } = describe(standings[i]);
      return [
        { text: name, paint: paint.bold },
        { text, paint: isGood ? paint.green : paint.yellow },
        { text: String(pid) },
        { text: formatAge(now - since) },
        { text: shortenPath(file) },
      ];
    });
    out.print(
      renderTable(columns, rows, { width: out.isTerminal ? out.width : undefined, header: paint.bold }).join('\n'),
    );
    return 0;
  },
};

async function standingOf({ socket }: RunningSystem): Promise<Standing | undefined> {
  if (socket === null) return undefined;
  let giveUp: NodeJS.Timeout | undefined;
  try {
    const patience = new Promise<undefined>(resolve => {
      giveUp = setTimeout(() => resolve(undefined), PATIENCE_MS);
    });
    const supervisor = await Promise.race([attach(socket), patience]);
    if (!supervisor) return undefined;
    const statuses = supervisor.statuses().filter(({ type }) => type !== 'external');
    supervisor.disconnect();
    return {
      services: statuses.length,
      ready: statuses.filter(isUp).length,
      troubled: statuses.filter(isTroubled).map(({ name }) => name),
    };
  } catch {
    return undefined;
  } finally {
    clearTimeout(giveUp);
  }
}

const isUp = ({ phase }: ServiceStatus) => phase.id === 'ready' || phase.id === 'completed';
const isTroubled = ({ phase }: ServiceStatus) => ['failed', 'unhealthy', 'backoff'].includes(phase.id);

/** `11 of 12 ready, payments in trouble`. */
function describe(standing: Standing | undefined): { readonly text: string; readonly isGood: boolean } {
  if (!standing) return { text: 'does not answer', isGood: false };
  const { ready, services, troubled } = standing;
  const trouble = troubled.length === 0 ? '' : `, ${troubled.join(', ')} in trouble`;
  return { text: `${ready} of ${services} ready${trouble}`, isGood: ready === services };
}
