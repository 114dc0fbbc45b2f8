/**
 * What the terminal can do, by the environment alone: no terminfo is read, since what is written works in every terminal
 * of the last twenty years, and entries are missing, or wrong, more often than terminals are.
 */

/** How many colours are used: none where NO_COLOR is set. */
export type ColourDepth = 0 | 16 | 256;

/** Why no dashboard can be shown in this terminal; undefined: it can. */
export function refusalOf(
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (!isTerminal) return 'the dashboard needs a terminal: "fuge up" and "fuge logs -f" are for pipes and files';
  const { TERM } = env;
  // Windows has no TERM; its consoles of today know the sequences of xterm.
  if ((TERM === undefined || TERM === '') && platform !== 'win32')
    return 'the dashboard needs a terminal that can place text, and TERM is not set. In a usual terminal "export TERM=xterm-256color" helps';
  if (TERM === 'dumb' || TERM === 'emacs')
    return `the dashboard needs a terminal that can place text, and TERM says "${TERM}". "fuge shell" works here`;
  return undefined;
}

export function colourDepthOf(env: NodeJS.ProcessEnv): ColourDepth {
  const { FORCE_COLOR, NO_COLOR, COLORTERM, TERM = '', WT_SESSION } = env;
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '';
  if (isForced ? FORCE_COLOR === '0' || FORCE_COLOR === 'false' : NO_COLOR !== undefined && NO_COLOR !== '') return 0;
  if (/^(truecolor|24bit)$/.test(COLORTERM ?? '') || WT_SESSION !== undefined) return 256;
  return /256|direct|kitty|ghostty|alacritty|wezterm|foot|contour/.test(TERM) ? 256 : 16;
}
