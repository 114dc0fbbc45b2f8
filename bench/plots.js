// Which plots docs/benchmarks.md has. Their points are lines of the results with `at: { plot, line, x }`.
export const PLOTS = [
  {
    name: 'services',
    file: 'benchmarks-services.svg',
    title: 'fuge against the number of services',
    x: { title: 'services' },
    panels: [
      {
        title: 'Time',
        unit: 'ms',
        lines: [{ name: 'start all' }, { name: 'stop all' }, { name: 'fuge ps' }, { name: 'bare spawn' }],
      },
      { title: 'Memory of fuge', unit: 'MB', lines: [{ name: 'memory' }] },
    ],
  },
  {
    name: 'rate',
    file: 'benchmarks-log-rate.svg',
    title: 'fuge against the rate of log lines',
    x: { title: 'lines a second' },
    panels: [
      { title: 'Processor time of fuge', unit: '% of a core', lines: [{ name: 'processor' }] },
      {
        title: 'A line, from its service to the screen',
        unit: 'ms',
        lines: [{ name: 'median' }, { name: '99 of 100' }],
      },
    ],
  },
];
