// The one door to the system: http://localhost:3000
import { runService, startedAt } from '../common/service.js';
import { createGateway } from './gateway.js';
import { Registry } from './registry.js';

const self = { name: 'gateway', port: Number(process.env.PORT ?? 3000), pid: process.pid, startedAt };
const { routes, closeStreams } = createGateway({ registry: new Registry(), self });

runService('gateway', {
  defaultPort: 3000,
  routes,
  // Two heartbeats a second from each service would drown everything else.
  quiet: ['PUT /services/:name', 'DELETE /services/:name', 'GET /events', 'GET /services'],
  register: false,
  onStop: closeStreams,
});
