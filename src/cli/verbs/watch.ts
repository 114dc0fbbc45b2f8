/** `watch` and `unwatch`: whether saves restart services. */
import type { Context, VerbImplementation } from '../verb.js';

const canBeWatched = ({ system, supervisor }: Context, name: string) => {
  const type = system.services.get(name)?.type;
  return (type === 'process' || type === 'node') && supervisor.status(name)?.unavailable === undefined;
};

const setting = (on: boolean): VerbImplementation => ({
  async run(context, { services, named, flags }) {
    const { supervisor, out } = context;
    const local = services.filter(name => canBeWatched(context, name));
    const others = services.filter(name => !local.includes(name));
    if (local.length > 0) {
      await supervisor.watch(local, on);
      if (flags.has('json'))
        for (const name of local) out.json({ service: name, watch: supervisor.status(name)?.watching ?? null });
      else out.print(`${on ? 'watching' : 'no longer watching'} ${local.join(', ')}`);
    }
    if (others.length > 0 && named && !flags.has('json')) out.print(`nothing to watch here for ${others.join(', ')}`);
    return local.length === 0 ? 1 : 0;
  },
});

export const watch = setting(true);
export const unwatch = setting(false);
