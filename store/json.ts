/** The values that canonical JSON can hold. Which of them are accepted is decided in `canonical-json.ts`. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
