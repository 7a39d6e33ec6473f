import { type ShallowRef, shallowRef } from "vue";
import { type Api, ApiFailure } from "./api.ts";

/** Who is signed in, as `/api/session` says. */
export interface SessionUser {
  readonly user: string;
  readonly role: string;
  /** The password is still the one that the system made. */
  readonly initialPassword: boolean;
}

/** `unknown` until the server was asked. */
export type SessionState =
  | { readonly kind: "unknown" }
  | { readonly kind: "anonymous"; readonly ended: boolean }
  | { readonly kind: "user"; readonly user: SessionUser };

export interface SessionStore {
  readonly state: ShallowRef<SessionState>;
  /** Asks the server once; rejects with `ApiFailure` where it cannot be reached. */
  load(): Promise<SessionState>;
  login(user: string, password: string): Promise<void>;
  logout(): Promise<void>;
  /** Rejects as `Api.changePassword`; this session goes on. */
  changePassword(current: string, next: string): Promise<void>;
  /** The server said that the session is over. */
  end(): void;
}

export function createSessionStore(api: Api): SessionStore {
  const state = shallowRef<SessionState>({ kind: "unknown" });
  return {
    state,
    load: async () => {
      try {
        state.value = { kind: "user", user: await api.session() };
      } catch (thrown) {
        if (!(thrown instanceof ApiFailure) || thrown.code !== "UNAUTHORISED") throw thrown;
        state.value = { kind: "anonymous", ended: state.value.kind === "user" };
      }
      return state.value;
    },
    login: async (user, password) => {
      await api.login(user, password);
      state.value = { kind: "user", user: await api.session() };
    },
    logout: async () => {
      await api.logout();
      state.value = { kind: "anonymous", ended: false };
    },
    changePassword: async (current, next) => {
      await api.changePassword(current, next);
      if (state.value.kind !== "user") return;
      state.value = { kind: "user", user: { ...state.value.user, initialPassword: false } };
    },
    end: () => {
      state.value = { kind: "anonymous", ended: true };
    },
  };
}
