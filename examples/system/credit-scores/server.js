// Answers how good a customer's credit is.
import { runService } from '../common/service.js';
import { routes } from './scores.js';

runService('credit-scores', { defaultPort: 3002, routes });
