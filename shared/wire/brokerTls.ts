import { readIfThere } from "#shared/kit/files.ts";
import { CodedError } from "#shared/model/errors.ts";
import type { BrokerAddress } from "./brokerAddress.ts";
import type { brokerTlsOptions } from "./brokerOptions.ts";

/** Reads the files of `brokerTlsOptions`; throws `CONFIG` naming one that is not there, or a certificate without its key. */
export async function readBrokerTls(
  options: Readonly<Partial<Record<keyof typeof brokerTlsOptions, string | undefined>>>,
): Promise<Pick<BrokerAddress, "ca" | "cert" | "key">> {
  const read = async (option: keyof typeof brokerTlsOptions): Promise<string | undefined> => {
    const file = options[option];
    if (file === undefined) return undefined;
    const text = await readIfThere(file);
    if (text === undefined) throw new CodedError("CONFIG", `--${option}: there is no file ${file}.`);
    return text;
  };
  const [ca, cert, key] = [await read("broker-ca"), await read("broker-cert"), await read("broker-key")];
  if ((cert === undefined) !== (key === undefined)) {
    throw new CodedError("CONFIG", "--broker-cert and --broker-key belong together: give both.");
  }
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && key !== undefined && { cert, key }) };
}
