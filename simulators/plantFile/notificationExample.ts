/** A `notification` to copy: commented out, for the demo tells nobody. */
export const notificationExample: readonly string[] = `
报警通知：去掉注释并改成自己的人员与渠道 | Who is told of alarms: uncomment it and put in your own people and channels.
密钥只写变量名或文件名，不写在本文件里 | Secrets are named by variable or file, never written here.
验证 | Prove it: npm run pilotline -- notify test --channel ding

notification:
  pages: https://pilot.example.cn
  channels:
    - { id: ding, kind: dingtalk, url: { env: DINGTALK_URL }, secret: { env: DINGTALK_SECRET } }
    - { id: mail, kind: mail, host: smtp.example.cn, user: pilotline@example.cn, password: { env: SMTP_PASSWORD }, from: pilotline@example.cn }
  people:
    - id: wang
      name: { zh: 王工, en: Wang }
      # 依次尝试 | Tried in turn: the next where the one before fails.
      reach: [{ channel: ding, address: 13800000000 }, { channel: mail, address: wang@example.cn }]
    - { id: chief, name: { zh: 安全主任, en: Safety chief }, reach: [{ channel: mail, address: chief@example.cn }] }
  rosters:
    - id: duty
      shifts:
        - { people: [wang], from: "08:00", to: "20:00" }
        - { people: [chief], from: "20:00", to: "08:00" }
    - { id: chiefs, shifts: [{ people: [chief], from: "00:00", to: "00:00" }] }
  routes:
    - id: urgent
      priorities: [critical, high]
      roster: duty
      returns: true
      escalation: [{ afterMinutes: { critical: 3, high: 10 }, roster: chiefs }]
    - { id: others, priorities: [medium, low], roster: duty, quiet: { from: "22:00", to: "07:00", priorities: [medium, low] } }
  test: { at: "08:30" }
`
  .trim()
  .split("\n")
  .map((line) => (line === "" ? "#" : `# ${line}`));
