/** What a caller sends wrong, and what the answer must name: the thing, and where it is a matter of place, the line. */
export interface BadInput {
  readonly what: string;
  readonly method?: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: string | Buffer;
  readonly status: number;
  readonly names: readonly RegExp[];
}
