/**
 * The one error that varve raises for what a user can mend: a bad file, a bad parameter, an impossible request.
 * It says what is wrong, where, what was expected and what to do; `code` is stable and can be matched by programs.
 * Our own mistakes are not InputErrors.
 */
export interface InputErrorDetails {
  /** `file:line`, a field path, a step, an atom: as near to the fault as is known. */
  readonly where?: string;
  readonly expected?: string;
  readonly found?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
  /** Several faults or choices, one a line. */
  readonly list?: readonly string[];
}

export class InputError extends Error {
  readonly code: string;
  readonly what: string;
  readonly details: InputErrorDetails;

  constructor(code: string, what: string, details: InputErrorDetails = {}) {
    const parts = [
      details.where === undefined ? what : `${details.where}: ${what}`,
      ...(details.expected === undefined ? [] : [`expected ${details.expected}`]),
      ...(details.found === undefined ? [] : [`found ${details.found}`]),
      ...(details.remedy === undefined ? [] : [details.remedy]),
    ];
    super([parts.join('; '), ...(details.list ?? []).map((line) => `  ${line}`)].join('\n'));
    this.name = 'InputError';
    this.code = code;
    this.what = what;
    this.details = details;
  }
}
