import { workerData } from "node:worker_threads";
import { storeError } from "../sqlite/database.ts";
import { ReaderFile } from "../sqlite/readerFile.ts";
import { historyFormat } from "./historyFormat.ts";
import { HistoryView } from "./historyView.ts";
import { noPoints, ownPoints } from "./points.ts";
import type { RangeAnswer, ReaderRequest } from "./readerProtocol.ts";
import { type Answer, serveCalls, type WorkCheck } from "./threadServer.ts";

const { file } = workerData as { readonly file: string };
const reader = new ReaderFile(file, historyFormat, (database) => new HistoryView(database));

serveCalls<ReaderRequest>((request, check): Answer => {
  try {
    return answer(request, check);
  } catch (error) {
    throw storeError(error, file);
  }
});

function answer(request: ReaderRequest, check: WorkCheck): Answer {
  const view = reader.current();
  switch (request.kind) {
    case "tags":
      return { value: view?.tags() ?? [] };
    case "range": {
      const { points, more, thinned } = view?.range(request.tag, request.from, request.to, request.limit, check) ?? {
        points: noPoints,
        more: false,
        thinned: false,
      };
      return { value: { points: ownPoints(points), more, thinned } satisfies RangeAnswer };
    }
    case "buckets": {
      const columns = view?.buckets(request.tags, request.from, request.to, request.width, check) ?? [];
      return { value: columns, transfer: columns.map(({ buffer }) => buffer as ArrayBuffer) };
    }
    case "last":
      return { value: view?.last(request.tags, request.before, check).map(ownPoints) ?? [] };
    case "count":
      return { value: view?.count(request.tag, request.from, request.to, check) ?? 0 };
  }
}
