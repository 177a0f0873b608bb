/**
 * Something that is done: a button, and a dialog that says what will happen, asks for what the platform wants to know, and keeps
 * the platform's refusal where it belongs. One dialog is one intent: it has one Idempotency-Key until something in it changes,
 * so that a second click or a repeat after a lost answer does nothing twice.
 */
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { App, Button, Form, Input, Modal } from 'antd';
import { MembershipError } from '@membership/client';
import {
  newKey,
  usePlace,
  useWrite,
  type BodyOf,
  type ParamsOf,
  type WriteAnswer,
  type WriteMethod,
  type WritePath,
} from '../api/use-api.ts';
import { useSay, type Text } from '../preferences.ts';
import { isDecided } from './decided.ts';
import { FieldItem, HAS_ROWS } from './field-item.tsx';
import { differing, fieldErrors, formOf, valuesOf, type Field, type Values } from './fields.ts';
import { nested } from './nested.ts';
import { Problem } from './states.tsx';

/** What is inside one of them is named with a dot: `limits.member_per_minute`. */
type Names<B> = (keyof B & string) | `${keyof B & string}.${string}`;

type ActProps<M extends WriteMethod, P extends WritePath<M>> = {
  readonly method: M;
  readonly path: P;
  readonly label: Text;
  /** What will happen, and what of it is final. */
  readonly says?: ReactNode;
  readonly params?: ParamsOf<P, M>;
  readonly fields?: readonly Field<Names<BodyOf<P, M>>>[];
  /** What the form begins with; of a change, what stands now: only what differs is sent. */
  readonly initial?: { readonly [Name in keyof BodyOf<P, M>]?: unknown };
  /** Sent with it. */
  readonly fixed?: Partial<BodyOf<P, M>>;
  readonly sends?: (values: Values) => BodyOf<P, M>;
  readonly isDanger?: boolean;
  readonly isMain?: boolean;
  readonly isSmall?: boolean;
  /** Where the state of a thing does not allow it: why not. */
  readonly cannot?: Text | false;
  /** Has to be typed before something that cannot be undone. */
  readonly typed?: string;
  readonly done?: Text;
  /** What is shown after it: a secret, the result of each row. Else the dialog closes. */
  readonly after?: (answer: WriteAnswer<P, M>) => ReactNode;
  /** Something that is tried: what was typed stays for the next time. */
  readonly isTrial?: boolean;
  /** The dialog alone, open: what opened it is told when it closes, and has the focus back. */
  readonly onClose?: () => void;
};

export function Act<const M extends WriteMethod, const P extends WritePath<M>>(props: ActProps<M, P>) {
  const say = useSay();
  const [isOpen, setOpen] = useState(false);
  const { label, isDanger = false, isMain = false, isSmall = false, cannot } = props;
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const tried = useRef<Values>(undefined);
  // Whoever works by keyboard goes on where the dialog was opened.
  useEffect(() => {
    if (wasOpen.current && !isOpen) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (props.onClose) return <ActDialog {...props} tried={tried} onClose={props.onClose} />;
  return (
    <>
      <Button
        ref={opener}
        danger={isDanger}
        type={isMain ? 'primary' : isSmall ? 'link' : 'default'}
        size={isSmall ? 'small' : 'middle'}
        // It keeps its place in the order of the keyboard, and says why.
        aria-disabled={Boolean(cannot)}
        className={cannot ? 'cannot' : ''}
        title={cannot ? say(cannot) : undefined}
        onClick={() => !cannot && setOpen(true)}
      >
        {say(label)}
      </Button>
      {isOpen && <ActDialog {...props} tried={tried} onClose={() => setOpen(false)} />}
    </>
  );
}

function ActDialog<M extends WriteMethod, P extends WritePath<M>>({
  method,
  path,
  label,
  says,
  params,
  fields = [],
  initial = {},
  fixed,
  sends,
  isDanger = false,
  typed,
  done,
  after,
  isTrial = false,
  tried,
  onClose,
}: ActProps<M, P> & { tried: RefObject<Values | undefined>; onClose: () => void }) {
  const say = useSay();
  const { timezone } = usePlace();
  const { message } = App.useApp();
  const [form] = Form.useForm<Record<string, unknown>>();
  const write = useWrite(method, path);
  const key = useRef(newKey());
  const [problem, setProblem] = useState<unknown>();
  /** What was refused of what no field asks for. */
  const [elsewhere, setElsewhere] = useState<readonly string[]>([]);
  /** The first field that was refused. */
  const [refused, setRefused] = useState<string>();
  const refusal = useRef<HTMLDivElement>(null);
  const [answer, setAnswer] = useState<{ shown: ReactNode }>();
  const isUnknown = problem !== undefined && !isDecided(problem);
  const start = formOf(fields, initial as Values, timezone);

  // Confirming is at the end of a long form: what was refused is brought into sight.
  useEffect(() => {
    if (problem === undefined) return;
    if (refused) form.scrollToField(refused, { block: 'center', focus: true });
    else refusal.current?.scrollIntoView({ block: 'nearest' });
  }, [problem, refused, form]);

  const submit = async (values: Values) => {
    // A click that comes while the first one is on its way.
    if (write.isPending) return;
    setProblem(undefined);
    setElsewhere([]);
    if (isTrial) tried.current = values;
    const read = valuesOf(fields, values, timezone);
    const isChange = method === 'patch';
    const sent = isChange ? differing(fields, read, valuesOf(fields, start, timezone)) : read;
    const body = (sends ? sends(sent) : { ...nested(sent), ...fixed }) as BodyOf<P, M>;
    try {
      const result = await write.mutateAsync({ ...(params ? { params } : {}), body, key: key.current });
      if (after) return setAnswer({ shown: after(result) });
      void message.success(say(done ?? { zh: '已完成', en: 'Done' }));
      onClose();
    } catch (error) {
      const { fields: byField, others } =
        error instanceof MembershipError ? fieldErrors(error, fields) : { fields: [], others: [] };
      form.setFields(byField);
      setElsewhere(others);
      setProblem(error);
      setRefused(byField[0]?.name);
      // What was decided is over: another try is another intent. What nobody knows is asked again under the same key.
      if (isDecided(error)) key.current = newKey();
    }
  };
  return (
    <Modal
      open
      title={say(label)}
      onCancel={onClose}
      mask={{ closable: false }}
      destroyOnHidden
      width={fields.some(({ kind = 'text' }) => HAS_ROWS.includes(kind)) ? WIDE : USUAL}
      footer={
        answer
          ? [
              isTrial && (
                <Button
                  key="again"
                  onClick={() => {
                    key.current = newKey();
                    setAnswer(undefined);
                  }}
                >
                  {say({ zh: '修改后再试', en: 'Change it and try again' })}
                </Button>
              ),
              <Button key="close" type="primary" onClick={onClose}>
                {say({ zh: '关闭', en: 'Close' })}
              </Button>,
            ]
          : [
              // Not “Cancel”: that is what some acts are called.
              <Button key="back" onClick={onClose}>
                {say({ zh: '返回', en: 'Back' })}
              </Button>,
              <Button
                key="ok"
                type="primary"
                danger={isDanger}
                loading={write.isPending}
                onClick={() => form.submit()}
              >
                {say(isUnknown ? { zh: '再次确认', en: 'Ask again' } : { zh: '确定', en: 'Confirm' })}
              </Button>,
            ]
      }
    >
      {answer ? (
        <div role="status">{answer.shown}</div>
      ) : (
        <Form
          form={form}
          layout="vertical"
          initialValues={tried.current ?? start}
          disabled={isUnknown || write.isPending}
          scrollToFirstError={{ block: 'center', focus: true }}
          onFinish={(values) => void submit(values as Values)}
          onValuesChange={() => {
            key.current = newKey();
          }}
        >
          {says && <div className="says">{says}</div>}
          <div role="alert" ref={refusal}>
            {problem !== undefined && <Problem error={problem} />}
            {elsewhere.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </div>
          {isUnknown && (
            <p>
              {say({
                zh: '结果未知。再次确认只会查询或完成同一次操作，不会重复执行。',
                en: 'Nobody knows how it ended. Asking again finishes the same act, and does nothing twice.',
              })}
            </p>
          )}
          {fields.map((field) => (
            <FieldItem key={field.name} field={field} />
          ))}
          {typed !== undefined && (
            <Form.Item
              name={TYPED}
              label={say({
                zh: `此操作无法撤销。请输入“${typed}”以确认`,
                en: `This cannot be undone. Type “${typed}” to confirm`,
              })}
              rules={[
                {
                  validator: (_rule, value) =>
                    value === typed
                      ? Promise.resolve()
                      : Promise.reject(new Error(say({ zh: '与上面的内容不同', en: 'That is not it' }))),
                },
              ]}
            >
              <Input autoComplete="off" />
            </Form.Item>
          )}
          <button type="submit" hidden />
        </Form>
      )}
    </Modal>
  );
}

const TYPED = '_typed';
/** Pixels, where there are as many. */
const USUAL = 520;
const WIDE = 720;
