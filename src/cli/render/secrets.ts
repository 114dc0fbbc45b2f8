/** Hides what looks secret, by its name or by being a password inside a URL. */

const SECRET_NAME =
  /PASS|SECRET|TOKEN|(^|_)(API_?)?KEY(S|_|$)|APIKEY|CREDENTIAL|PRIVATE|(^|_)AUTH(_|$)|COOKIE|SIGNATURE/i;
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(@)/gi;
export const MASK = '••••••';

/** Whether a variable of this name usually holds a secret. */
export function looksSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The value as it may be shown: masked if its name looks secret, else without passwords in URLs. */
export function maskValue(name: string, value: string): string {
  if (value !== '' && looksSecret(name)) return MASK;
  return maskUrls(value);
}

/** Passwords in URLs masked: `https://me:••••••@host/`. */
export function maskUrls(text: string): string {
  return text.replace(URL_PASSWORD, `$1${MASK}$2`);
}
