/** Requests to the server; each rejects with `ApiFailure`. */
export interface Requests {
  send(url: string, init?: RequestInit): Promise<unknown>;
  post(url: string, body?: unknown, more?: Record<string, string>): Promise<unknown>;
}
