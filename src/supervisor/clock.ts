/** Time as a parameter, so that tests drive it by hand. */
export interface Clock {
  /** Unix time, ms. */
  now(): number;
  /** Calls back once after `ms`; returns what cancels that. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
