// The door of the shop: http://localhost:3100/orders
import { Redis, whereRedisIs } from '../common/redis.js';
import { serve } from '../common/serve.js';
import { createShop } from './shop.js';

const redis = new Redis(whereRedisIs());
serve(createShop(redis), 3100, () => redis.close());
