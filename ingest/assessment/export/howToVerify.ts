/** How an assessor checks a pack, with the project's own command and without it. */
export const howToVerify = {
  zh: `如何核验本证据包
================

一、用命令核验（无需联网）
  npm run pilotline -- verify <证据包.zip> [--public-key <平台公钥.pem>]
  公钥应从平台另行取得（邮件、公示），再与包内 public-key.pem 比较；只用包内公钥只能证明包内一致。

二、不用本软件核验
  1. manifest.json 的 files 列出每个文件的 SHA-256，逐个计算并比较。
  2. assessment.json 是 RFC 8785 规范化 JSON。按 head、definitions、factors、figures、declared、score 的顺序
     拆成记录（每条带 record 与 seq 字段）；h(0) 为 64 个 0，h(i) = SHA-256( h(i-1) + 换行 + 第 i 条规范化 JSON )。
     各条哈希见 chain.csv，最后一条应等于 manifest.json 的 lastHash。
  3. signature.txt 是对 manifest.json 全文的 Ed25519 签名（十六进制）：
     xxd -r -p signature.txt sig.bin
     openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile sig.bin
  4. manifest.json 的 previous 是上一次封存的 manifest.json 的 SHA-256，缺少任何一次封存都会断链。

三、重新计算
  在平台的服务器上运行 npm run pilotline -- recompute --period <周期>，由存储的原始数据重新计算并逐字节比较。

四、文件
  report.html 报告，assessment.json 全部数值，figures.csv 与 figures.xlsx 表格，
  evidence/states.csv 状态区间，evidence/readings/ 各位号所用读数，evidence/alarms.csv 报警，evidence/uses.json 各指标所用数据。
  链与签名只证明数据封存后未被改动，不证明传感器准确；检定证书另行核对。
`,
  en: `How to verify this evidence pack
================================

1. With the command (works offline)
   npm run pilotline -- verify <pack.zip> [--public-key <key of the platform.pem>]
   Get the public key from the platform by another way (mail, notice) and compare it with public-key.pem: the key in
   the pack alone proves only that the pack fits itself.

2. Without this software
   a. manifest.json lists the SHA-256 of each file under "files"; compute and compare them.
   b. assessment.json is canonical JSON (RFC 8785). Take it apart into records in the order head, definitions, factors,
      figures, declared, score (each with the keys record and seq). h(0) is 64 zeros,
      h(i) = SHA-256( h(i-1) + LF + canonical JSON of record i ). chain.csv lists them; the last equals "lastHash".
   c. signature.txt is the Ed25519 signature over the bytes of manifest.json, in hex:
      xxd -r -p signature.txt sig.bin
      openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile sig.bin
   d. "previous" is the SHA-256 of the manifest.json that was sealed before: a seal that is left out breaks that chain.

3. Computing it again
   On the platform's server: npm run pilotline -- recompute --period <period> computes everything again from the stored
   raw data and compares byte for byte.

4. Files
   report.html the report, assessment.json every figure, figures.csv and figures.xlsx the tables,
   evidence/states.csv state intervals, evidence/readings/ readings used, by tag, evidence/alarms.csv alarms,
   evidence/uses.json which indicator used what.
   Chain and signature prove that nothing changed since the sealing, not that an instrument was right: look at its
   calibration certificate too.
`,
} as const;
