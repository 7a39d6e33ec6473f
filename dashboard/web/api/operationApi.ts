import type { EnergyAnswer, UtilisationAnswer } from "#shared/model/operation.ts";
import type { Api } from "./api.ts";

const query = (period: string, scope: string): string =>
  new URLSearchParams({ period, ...(scope === "" ? {} : { scope }) }).toString();

/** Energy and use of a scope over a period. */
export const operationApi = ({ get }: Pick<Api, "get">) => ({
  energy: (period: string, scope: string, signal: AbortSignal) =>
    get<EnergyAnswer>(`/api/energy?${query(period, scope)}`, signal),
  utilisation: (period: string, scope: string, signal: AbortSignal) =>
    get<UtilisationAnswer>(`/api/utilisation?${query(period, scope)}`, signal),
});
