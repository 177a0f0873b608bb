/** Words of states, kinds and reasons, as docs/language.md has them; what a tenant names itself is shown as it is. */
import type { Text } from '../preferences.ts';

type Word = Text & { readonly colour?: 'green' | 'gold' | 'red' | 'blue' | 'default' };
const good = (zh: string, en: string): Word => ({ zh, en, colour: 'green' });
const wait = (zh: string, en: string): Word => ({ zh, en, colour: 'gold' });
const bad = (zh: string, en: string): Word => ({ zh, en, colour: 'red' });
const done = (zh: string, en: string): Word => ({ zh, en, colour: 'blue' });
const plain = (zh: string, en: string): Word => ({ zh, en, colour: 'default' });

const WORDS: Readonly<Record<string, Word>> = {
  active: good('有效', 'Active'),
  inactive: plain('停用', 'Inactive'),
  expired: plain('已过期', 'Expired'),
  cancelled: bad('已取消', 'Cancelled'),
  suspended: wait('已暂停', 'Suspended'),
  revoked: bad('已撤销', 'Revoked'),
  grace: wait('宽限期', 'In grace'),
  assigned: done('已分配', 'Assigned'),
  requested: wait('处理中', 'Requested'),
  shipped: done('已发货', 'Shipped'),
  completed: good('已完成', 'Completed'),
  failed: bad('失败', 'Failed'),
  success: good('成功', 'Done'),
  pending: wait('待投递', 'Pending'),
  delivered: good('已送达', 'Delivered'),
  open: wait('待处理', 'Open'),
  closed: plain('已关闭', 'Closed'),
  held: wait('冻结中', 'Held'),
  captured: done('已扣除', 'Captured'),
  released: plain('已释放', 'Released'),
  running: wait('进行中', 'Running'),
  created: good('已创建', 'Created'),
  development: plain('开发中', 'Development'),
  testing: wait('测试中', 'Testing'),
  maintenance: wait('维护中', 'Maintenance'),
  deprecated: plain('已弃用', 'Deprecated'),
  archived: plain('已归档', 'Archived'),
  draft: plain('草稿', 'Draft'),
  published: good('已发布', 'Published'),
  up: good('正常', 'Up'),
  down: bad('停止', 'Down'),
  degraded: wait('受影响', 'Degraded'),
  ok: good('正常', 'Fine'),
  blocked: bad('受阻', 'Blocked'),
  breaker_closed: good('闭合', 'Closed'),
  breaker_open: bad('断开', 'Open'),
  breaker_half_open: wait('半开', 'Half open'),
  next: wait('等待启用', 'Next'),
  signing: good('签名中', 'Signing'),
  verifying: done('仅验证', 'Verifying'),
  earn: good('获得', 'Earned'),
  spend: done('消费', 'Spent'),
  adjust: wait('调整', 'Adjusted'),
  expire: plain('过期', 'Ended'),
  member: plain('成员', 'Member'),
  admin: done('管理员', 'Administrator'),
  super: done('平台管理员', 'Platform administrator'),
  critical: bad('紧急', 'Critical'),
  warning: wait('警告', 'Warning'),
  notice: plain('提醒', 'Notice'),
  direct: plain('直接分配', 'Direct'),
  user_request: plain('用户申请', 'Asked for'),
  group_assign: plain('批量分配', 'In a group'),
  vip: done('VIP', 'VIP'),
  privilege: plain('特权', 'Privilege'),
  temporary: plain('临时', 'Temporary'),
  system: plain('系统', 'System'),
  auto_renewal: plain('自动续期', 'Auto-renewal'),
  upcoming: plain('未开始', 'Upcoming'),
  ended: plain('已结束', 'Ended'),
};

export const wordOf = (name: string): Word => WORDS[name] ?? plain(name, name);
/** Choices of a filter or a field, by the names that the API has. */
export const choices = (...names: readonly string[]) =>
  names.map((value) => ({ value, label: wordOf(value) as Text }));
