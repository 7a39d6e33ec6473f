/** Words of the page of first steps. */
export const setupZh = {
  title: "首次设置",
  intro: (done: number, all: number) => `已完成 ${done} / ${all} 项。页面自动更新，完成后可随时回来查看。`,
  start: "系统刚安装完毕，还有几步设置。",
  open: "查看首次设置",
  done: "已完成",
  todo: "待完成",
  optional: "可选",
  by: "如何做",
  password: {
    title: "修改初始密码",
    done: "没有用户仍在使用系统生成的密码。",
    todo: (names: string) => `仍在使用系统生成密码的用户：${names}。`,
    how: "本人在右上角菜单中选择“修改密码”。",
  },
  people: {
    title: "为每个人建立账户",
    is: (admin: number, safety: number, engineer: number, viewer: number) =>
      `管理员 ${admin} 人，安全人员 ${safety} 人，工程师 ${engineer} 人，查看人员 ${viewer} 人。`,
    how: "考评数据由一人填报、另一人核验，因此至少需要两名管理员；停用报警须由安全人员批准。",
    link: "用户与审计",
  },
  plant: {
    title: "描述自己的产线",
    is: (file: string, lines: number, devices: number, tags: number) =>
      `${file}：产线 ${lines} 条，仪表装置 ${devices} 台，位号 ${tags} 个。`,
    todo: "当前是示例模型，数据来自模拟器。",
    how: "编写自己的 plant.yaml，检查后用它启动：",
    link: "产线模型",
  },
  devices: {
    title: "连接全部仪表装置",
    is: (connected: number, all: number) => `已连接 ${connected} / ${all} 台。`,
    how: "未连接的装置及其最近错误见系统页。",
    link: "数据链路",
  },
  notification: {
    title: "报警通知到人",
    done: (people: number) => `可通知 ${people} 个人员或群组。`,
    todo: "报警只显示在页面上，无人会收到通知。",
    how: "在 plant.yaml 中填写 notification，然后试发：",
  },
  watch: {
    title: "有人看守本系统",
    done: "外部监视已启用：本服务停止时由它报警。",
    todo: "整机停机时不会有人知道。",
    how: "给页面服务一个外部监视地址（PILOTLINE_DEAD_MAN_URL）。",
  },
  reach: {
    title: "从其他电脑访问",
    done: "页面已通过 TLS 对外提供。",
    todo: "页面目前只在本机可用。",
    how: "提供证书后监听网络地址，或放在带证书的反向代理之后；见 deploy/README.md。",
  },
  backup: {
    title: "备份数据",
    todo: "系统无法得知备份是否存在：请把这条命令加入定时任务，并试着恢复一次。",
  },
};
