/**
 * Something that is done for many at once: rows are pasted or read from a file, looked at, sent some at a time, and reported one by
 * one. What is wrong with a row stands at it before anything is sent, and undoes no other row.
 */
import { useState, type ReactNode } from 'react';
import { Alert, Button, Flex, Form, Input, Progress, Select, Table, Tag, Upload } from 'antd';
import { MembershipError } from '@membership/client';
import { useApi, usePlace } from '../../api/use-api.ts';
import { useSay, type Text } from '../../preferences.ts';
import { isDecided } from '../decided.ts';
import { FieldItem } from '../field-item.tsx';
import { fieldErrors, formOf, valuesOf, type Field, type Values } from '../fields.ts';
import { counted, downloadCsv } from '../format.ts';
import { MemberLink } from '../links.tsx';
import { Page, Section } from '../page.tsx';
import { Problem } from '../states.tsx';
import { Num } from '../values.tsx';
import { findMembers, type ReadyRow } from './find-members.ts';
import { failedRows, MAYBE_DONE, tableOf, textOf, type TableColumn } from './table-text.ts';
import { useRounds } from './use-rounds.ts';

/** What became of a row. */
export type RowResult = { readonly isDone: boolean; readonly says: ReactNode; readonly why?: string };
type ManyProps = {
  readonly title: Text;
  /** What will happen, and what of it is final. */
  readonly says: Text;
  readonly columns: readonly TableColumn[];
  /** Lines as they may be written. */
  readonly example: string;
  /** The first column names members, who are looked up. */
  readonly ofMembers?: boolean;
  readonly fields?: readonly Field[];
  readonly initial?: Values;
  /** So many rows are sent at once. */
  readonly size: number;
  readonly most: number;
  readonly send: (rows: readonly ReadyRow[], values: Values, key: string) => Promise<readonly RowResult[]>;
  readonly beside?: ReactNode;
};
const ENCODINGS = [
  { value: 'gb18030', label: 'GB18030 / GBK' },
  { value: 'big5', label: 'Big5' },
  { value: 'windows-1252', label: 'Windows-1252' },
];

export function ManyPage({ title, says, beside, ...props }: ManyProps) {
  const say = useSay();
  const rounds = useRounds<ReadyRow, RowResult>(props.size);
  const [rows, setRows] = useState<readonly ReadyRow[]>();
  const [text, setText] = useState('');
  /** Nothing was done with what was read: who goes back mends it where it stands. */
  const goBack = () => {
    if (rounds.results !== undefined) setText('');
    rounds.reset();
    setRows(undefined);
  };
  return (
    <Page title={title} about={<p className="faint">{say(says)}</p>} acts={beside}>
      {rows === undefined ? (
        <Source {...props} text={text} setText={setText} onRead={setRows} />
      ) : (
        <>
          <SendForm {...props} rows={rows} rounds={rounds} onBack={goBack} />
          <Preview
            columns={props.columns}
            ofMembers={props.ofMembers ?? false}
            rows={rows}
            results={rounds.results}
          />
        </>
      )}
    </Page>
  );
}

function Source({
  columns,
  example,
  ofMembers = false,
  most,
  text,
  setText,
  onRead,
}: Pick<ManyProps, 'columns' | 'example' | 'ofMembers' | 'most'> & {
  text: string;
  setText: (text: string) => void;
  onRead: (rows: readonly ReadyRow[]) => void;
}) {
  const say = useSay();
  const api = useApi();
  const [file, setFile] = useState<{ name: string; bytes: Uint8Array; encoding?: string }>();
  const [problem, setProblem] = useState<Text>();
  const [failure, setFailure] = useState<unknown>();
  const [looked, setLooked] = useState<{ count: number; of: number }>();
  const unread = file && textOf(file.bytes, file.encoding) === null;
  const take = (next: NonNullable<typeof file>) => {
    setFile(next);
    setText(textOf(next.bytes, next.encoding) ?? '');
  };
  const read = async () => {
    const table = tableOf(text, columns);
    const wrong =
      table.problem ??
      (table.rows.length === 0
        ? { zh: '没有任何行', en: 'There are no rows' }
        : table.rows.length > most
          ? {
              zh: `一次最多 ${most} 行，这里有 ${table.rows.length} 行`,
              en: `${counted(most, 'row')} at most at once; these are ${table.rows.length}`,
            }
          : undefined);
    setProblem(wrong);
    setFailure(undefined);
    if (wrong) return;
    if (!ofMembers) return onRead(table.rows);
    const of = table.rows.length;
    setLooked({ count: 0, of });
    try {
      onRead(await findMembers(api, table.rows, (count) => setLooked({ count, of })));
    } catch (error) {
      setFailure(error);
    } finally {
      setLooked(undefined);
    }
  };
  return (
    <Section title={{ zh: '第一步：填写或选择文件', en: 'First: paste rows, or choose a file' }}>
      <Flex vertical gap={12}>
        <p className="faint" id="many-help">
          {say({ zh: '每行一条，列依次为', en: 'One a line; the columns in this order' })}:{' '}
          {columns.map(({ name, label, isRequired }) => (
            <Tag key={name} style={{ color: 'var(--ink)' }}>
              {say(label)} <span className="mono">{name}</span>
              {isRequired ? ' *' : ''}
            </Tag>
          ))}
          {say({ zh: '第一行可以是列名。', en: 'The first line may name them.' })}
        </p>
        <Input.TextArea
          rows={8}
          className="mono"
          spellCheck={false}
          aria-label={say({ zh: '数据', en: 'Rows' })}
          aria-describedby="many-help"
          placeholder={example}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        {unread && (
          <Alert
            type="warning"
            showIcon
            title={say({
              zh: `${file.name} 不是 UTF-8，请选择编码`,
              en: `${file.name} is not UTF-8: choose its encoding`,
            })}
          />
        )}
        <div role="alert">
          {problem && <Alert type="error" showIcon title={say(problem)} />}
          {failure !== undefined && <Problem error={failure} />}
        </div>
        <Flex gap={8} wrap align="center">
          <Upload
            accept=".csv,.tsv,.txt,text/csv"
            showUploadList={false}
            beforeUpload={async (chosen) => {
              take({ name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) });
              return Upload.LIST_IGNORE;
            }}
          >
            <Button>{say({ zh: '选择文件', en: 'Choose a file' })}</Button>
          </Upload>
          {file && (unread || file.encoding !== undefined) && (
            <Select
              aria-label={say({ zh: '编码', en: 'Encoding' })}
              placeholder={say({ zh: '编码', en: 'Encoding' })}
              style={{ width: 180 }}
              value={file.encoding ?? null}
              options={ENCODINGS}
              onChange={(encoding: string) => take({ ...file, encoding })}
            />
          )}
          <Button type="primary" loading={looked !== undefined} onClick={() => void read()}>
            {say({ zh: '检查', en: 'Check' })}
          </Button>
          {looked && (
            <span className="faint num" role="status">
              {looked.count} / {looked.of}
            </span>
          )}
        </Flex>
      </Flex>
    </Section>
  );
}

function SendForm({
  columns,
  fields = [],
  initial = {},
  size,
  send,
  rows,
  rounds,
  onBack,
}: Pick<ManyProps, 'columns' | 'fields' | 'initial' | 'size' | 'send'> & {
  rows: readonly ReadyRow[];
  rounds: ReturnType<typeof useRounds<ReadyRow, RowResult>>;
  onBack: () => void;
}) {
  const say = useSay();
  const { timezone } = usePlace();
  const [form] = Form.useForm<Record<string, unknown>>();
  const ready = rows.filter(({ problem }) => !problem);
  const { results, isRunning, problem } = rounds;
  const isOver = results !== undefined && results.length === ready.length;
  const isUnknown = problem !== undefined && !isDecided(problem);
  const submit = async (typed: Values) => {
    if (isRunning) return;
    const values = valuesOf(fields, typed, timezone);
    const round = async (part: readonly ReadyRow[], key: string) => {
      try {
        return await send(part, values, key);
      } catch (error) {
        if (error instanceof MembershipError) form.setFields(fieldErrors(error, fields).fields);
        throw error;
      }
    };
    await (results === undefined ? rounds.start(ready, round) : rounds.goOn(round));
  };
  const failed = results
    ? ready.flatMap((row, index) =>
        results[index]?.isDone === false ? [{ row, why: results[index]?.why }] : [],
      )
    : [];
  const wrong = rows.filter(({ problem: said }) => said);
  // Those that a run which stands still has not come to. What was on its way when an answer got lost may be done.
  const unsent = (results ? ready.slice(results.length) : []).map((row, index) => ({
    row,
    why: say(isUnknown && index < size ? MAYBE_DONE : NOT_DONE),
  }));
  const left = [...wrong.map((row) => ({ row, why: row.problem && say(row.problem) })), ...failed, ...unsent];
  return (
    <Section title={{ zh: '第二步：确认', en: 'Second: confirm' }}>
      <Flex vertical gap={12}>
        {!isOver && (
          <p role="status">
            {say({ zh: `${ready.length} 行将执行`, en: `${counted(ready.length, 'row')} will be done` })}
            {wrong.length > 0 &&
              say({
                zh: `，${wrong.length} 行有误，不会发送`,
                en: `; ${counted(wrong.length, 'is wrong and is', 'are wrong and are')} left out`,
              })}
          </p>
        )}
        {fields.length > 0 && (
          <Form
            form={form}
            layout="vertical"
            initialValues={formOf(fields, initial, timezone)}
            disabled={isRunning || isOver || isUnknown}
            style={{ maxWidth: 520 }}
            onFinish={(typed) => void submit(typed as Values)}
          >
            {fields.map((field) => (
              <FieldItem key={field.name} field={field} />
            ))}
          </Form>
        )}
        {results !== undefined && (
          <Progress
            percent={ready.length === 0 ? 100 : Math.round((results.length / ready.length) * 100)}
            status={problem === undefined ? (isOver ? 'success' : 'active') : 'exception'}
            aria-label={say({ zh: '进度', en: 'Progress' })}
          />
        )}
        <div role="alert">{problem !== undefined && <Problem error={problem} />}</div>
        {isOver && (
          <p role="status">
            {say({ zh: '成功', en: 'Done' })}: <Num value={results.length - failed.length} /> ·{' '}
            {say({ zh: '失败', en: 'failed' })}: <Num value={failed.length} />
            {wrong.length > 0 && (
              <>
                {' · '}
                {say({ zh: '有误，未发送', en: 'wrong and left out' })}: <Num value={wrong.length} />
              </>
            )}
          </p>
        )}
        <Flex gap={8} wrap>
          {!isOver && (
            <Button
              type="primary"
              loading={isRunning}
              disabled={ready.length === 0}
              onClick={() =>
                fields.length > 0 && !isUnknown ? form.submit() : void submit(form.getFieldsValue())
              }
            >
              {problem === undefined ? say({ zh: '执行', en: 'Do it' }) : say({ zh: '继续', en: 'Go on' })}
            </Button>
          )}
          {left.length > 0 && !isRunning && (
            <Button onClick={() => downloadCsv('failed-rows', failedRows(columns, left))}>
              {say({ zh: '下载失败的行', en: 'Failed rows as a file' })}
            </Button>
          )}
          <Button disabled={isRunning} onClick={onBack}>
            {say(isOver ? { zh: '再来一批', en: 'Begin anew' } : { zh: '返回', en: 'Back' })}
          </Button>
        </Flex>
      </Flex>
    </Section>
  );
}

const NOT_DONE: Text = { zh: '未执行', en: 'It was not done' };

function Preview({
  columns,
  ofMembers,
  rows,
  results,
}: {
  columns: readonly TableColumn[];
  ofMembers: boolean;
  rows: readonly ReadyRow[];
  results: readonly RowResult[] | undefined;
}) {
  const say = useSay();
  const ready = rows.filter(({ problem }) => !problem);
  const resultOf = new Map(ready.map((row, index) => [row.line, results?.[index]]));
  const rank = (row: ReadyRow) => (row.problem ? 0 : resultOf.get(row.line)?.isDone === false ? 1 : 2);
  const cells = columns.map(({ name, label }, index) => ({
    title: say(label),
    render: (_value: unknown, { cells: given, member }: ReadyRow) =>
      index === 0 && ofMembers && member ? (
        <MemberLink id={member.id} name={`${member.display_name || member.username} (#${member.id})`} />
      ) : name === 'password' && given[name] ? (
        '••••••'
      ) : (
        (given[name] ?? '')
      ),
  }));
  const outcome = {
    title: say({ zh: '结果', en: 'Result' }),
    render: (_value: unknown, row: ReadyRow) => {
      const result = resultOf.get(row.line);
      if (row.problem) return <span className="minus">{say(row.problem)}</span>;
      return result ? <span className={result.isDone ? '' : 'minus'}>{result.says}</span> : '–';
    },
  };
  return (
    <section aria-label={say({ zh: '各行', en: 'Rows' })}>
      <Table<ReadyRow>
        size="small"
        rowKey="line"
        // What needs a look stands first.
        dataSource={[...rows].sort((left, right) => rank(left) - rank(right) || left.line - right.line)}
        scroll={{ x: 'max-content' }}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        columns={[
          { title: say({ zh: '行', en: 'Line' }), dataIndex: 'line', align: 'right' },
          // Names may be long: what became of a row is seen first.
          outcome,
          ...cells,
        ]}
      />
    </section>
  );
}
