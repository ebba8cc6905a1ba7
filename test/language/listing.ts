// An image as text: one line per instruction, short enough to read and to compare.
import type { Expression, Image, Instruction, TaskMigrationHow } from '../../simulator/workload/program.ts';

export function listing({ programs, scenarios }: Image): string {
  return [...programs, ...scenarios]
    .map(({ name, slots, code }) => {
      const lines = code.map((each, index) => {
        const star = each.statement ? '*' : ' ';
        return `${String(index).padStart(2)} ${star} ${each.span.line}:${each.span.column}-${each.span.endColumn}  ${instruction(each, slots)}`;
      });
      return [`${name} [${slots.map((slot) => slot || '_').join(' ')}]`, ...lines].join('\n');
    })
    .join('\n');
}

function instruction(each: Instruction, slots: readonly string[]): string {
  const show = (expression: Expression): string => expressionText(expression, slots);
  const into = (slot: number): string => (slot < 0 ? '' : ` -> ${slotText(slot, slots)}`);
  switch (each.op) {
    case 'set':
      return `${slotText(each.slot, slots)} := ${show(each.value)}`;
    case 'jump':
      return `jump ${each.to}`;
    case 'unless':
      return `unless ${show(each.condition)} jump ${each.to}`;
    case 'print':
      return `print ${each.values.map(show).join(', ')}`;
    case 'compute':
    case 'sleep':
      return `${each.op} ${show(each.duration)}`;
    case 'touch':
      return `${each.write ? 'dirty' : 'touch'} ${each.region} ${show(each.first)} .. ${show(each.last)}`;
    case 'call':
      return `${each.call}(${each.operands.map(show).join(', ')})${into(each.slot)}`;
    case 'fork':
      return `fork, parent jumps ${each.to}${into(each.slot)}`;
    case 'exec':
      return `exec ${each.program}(${each.operands.map(show).join(', ')})`;
    case 'handle':
      return `handle ${show(each.signal)}${each.restart ? ' restart' : ''} mask ${show(each.mask)}, this jumps ${each.to}`;
    case 'handled':
      return 'end of the handler';
    case 'spawn':
      return `spawn ${each.program}(${each.operands.map(show).join(', ')})${each.node === null ? '' : ` on ${show(each.node)}`}${into(each.slot)}`;
    case 'at':
      return `at ${show(each.time)}`;
    case 'await':
      return `await ${each.what} ${show(each.value)}`;
    case 'await_phase':
      return `await ${each.phase} of ${show(each.process)}`;
    case 'mach':
      return `${each.call}(${each.operands.map(show).join(', ')})${into(each.slot)}`;
    case 'message': {
      const parts = [each.destination, each.operation, each.body, each.bytes].map((part) => (part ? show(part) : '-'));
      const rights = each.rights.map(({ disposition, name }) => `${disposition} ${show(name)}`);
      const memory = each.memory.map(({ name, deallocate }) => `${deallocate ? 'move' : 'copy'} memory ${show(name)}`);
      return `${each.call} ${[...parts, ...rights, ...memory].join(', ')}${into(each.slot)}`;
    }
    case 'receive':
      return `receive ${show(each.from)}${into(each.slot)}`;
    case 'request_notification':
      return `request ${each.variant} on ${show(each.port)} to ${show(each.notify)}`;
    case 'touch_memory':
      return `${each.write ? 'dirty' : 'touch'} memory ${show(each.memory)} ${show(each.first)} .. ${show(each.last)}`;
    case 'count_get':
      return `count ${each.count}${into(each.slot)}`;
    case 'count_set':
      return `count ${each.count} := ${show(each.value)}`;
    case 'thread':
      return `thread, this one jumps ${each.to}`;
    case 'thread_end':
      return 'end of the thread';
    case 'start':
      return `start ${each.program}(${each.operands.map(show).join(', ')})${each.node ? ` on ${show(each.node)}` : ''}${into(each.slot)}`;
    case 'task_control':
      return `${each.call} ${show(each.task)}`;
    case 'migrate':
      return `migrate ${show(each.process)} to ${show(each.node)} by ${each.by}${callsText[each.calls]}${howText(each.how, show)}${into(each.slot)}`;
    case 'signal':
      return `signal ${show(each.signal)} to ${show(each.process)}`;
    case 'crash':
      return `crash ${show(each.node)}`;
    case 'reboot':
      return `reboot ${show(each.node)}`;
    case 'partition':
      return `partition ${each.nodes.map(show).join(', ')} from ${each.others.map(show).join(', ')}`;
    case 'heal':
      return 'heal';
    case 'expect':
      return `expect ${show(each.condition)} as ${JSON.stringify(each.text)}`;
    case 'async':
      return `async, this one jumps ${each.to}`;
    case 'end':
      return 'end';
  }
}

const callsText = { await: '', restart: ' restarting calls', early: ' early' };

function howText(how: TaskMigrationHow | null, show: (expression: Expression) => string): string {
  if (how === null) return '';
  const parts = [` using ${how.using} with ${how.strategy}`];
  if (how.rounds !== null) parts.push(`rounds ${show(how.rounds)}`);
  if (how.threshold !== null) parts.push(`threshold ${show(how.threshold)}`);
  if (how.agent !== null) parts.push(`agent on ${show(how.agent)}`);
  return parts.join(' ');
}

const slotText = (slot: number, slots: readonly string[]): string => slots[slot] || `_${slot}`;

function expressionText(expression: Expression, slots: readonly string[]): string {
  const show = (each: Expression): string => expressionText(each, slots);
  switch (expression.kind) {
    case 'value':
      return JSON.stringify(expression.value);
    case 'slot':
      return slotText(expression.slot, slots);
    case 'unary':
      return `(${expression.operator} ${show(expression.operand)})`;
    case 'binary':
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case 'within':
      return `(${show(expression.operand)} in ${show(expression.low)} .. ${show(expression.high)})`;
    case 'random':
      return `random(${show(expression.low)}, ${show(expression.high)})`;
    case 'process':
      return `process ${show(expression.process)}.${expression.field}`;
    case 'migration':
      return `migration ${show(expression.migration)}.${expression.field}`;
    case 'task':
      return `task ${show(expression.task)}.${expression.field}`;
    case 'count':
      return `task ${show(expression.task)}.count ${expression.count}`;
    case 'residual':
      return `residual(${show(expression.process)}, ${show(expression.node)}).${expression.field}`;
    case 'now':
      return 'now';
    case 'up':
      return `up(${show(expression.node)})`;
  }
}
