// Answers who a customer is.
import { runService } from '../common/service.js';
import { routes } from './customers.js';

runService('customers', { defaultPort: 3001, routes });
