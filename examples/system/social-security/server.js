// Answers what the social security office knows of a customer.
import { runService } from '../common/service.js';
import { routes } from './numbers.js';

runService('social-security', { defaultPort: 3003, routes });
