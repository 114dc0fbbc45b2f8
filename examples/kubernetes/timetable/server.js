// Answers which train leaves when, and where: that it asks the platforms, which it finds by the variables.
import { byVariables } from '../common/lookup.js';
import { ask, serve } from '../common/serve.js';

const trains = [
  { at: '09:32', train: 'IC 61', to: 'Interlaken' },
  { at: '09:38', train: 'S 3', to: 'Aarau' },
  { at: '09:45', train: 'RE 7', to: 'Belfort' },
];

serve({
  '/': async () => {
    const platforms = await ask(`${byVariables('platforms')}/`);
    return trains.map(train => ({ ...train, platform: platforms[train.train] }));
  },
});
