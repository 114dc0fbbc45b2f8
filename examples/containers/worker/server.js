// Waits for orders, and tells on http://localhost:3101 what it has packed.
import { Redis, whereRedisIs } from '../common/redis.js';
import { createJsonServer, serve } from '../common/serve.js';
import { Worker } from './worker.js';

const worker = new Worker(new Redis(whereRedisIs()), { workMs: Number(process.env.WORK_MS ?? 0) });
serve(
  createJsonServer(() => ({ pid: process.pid, packed: worker.packed })),
  3101,
  () => worker.stop(),
);
await worker.run();
