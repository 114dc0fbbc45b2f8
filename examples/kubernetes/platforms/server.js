// Answers which train leaves where.
import { serve } from '../common/serve.js';

serve({ '/': () => ({ 'IC 61': 4, 'RE 7': 2, 'S 3': 11 }) });
