import { type FormEvent, useState } from 'react';
import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { Problem } from '../../api/problem';
import { useText } from '../../words';
import { refusals } from './refusals';

/**
 * Sends a form. Fields that the server refuses get its message; what belongs to no field is the `problem`.
 * Ctrl+Enter and Cmd+Enter send, too: a form's own submission does that in single-line fields only.
 */
export function useSubmit<T extends FieldValues>(form: UseFormReturn<T>, send: (values: T) => Promise<unknown>) {
  const [problem, setProblem] = useState<unknown>(null);
  const words = useText(refusals);
  const submit = (event: FormEvent) => {
    event.stopPropagation();
    return form.handleSubmit(async (values) => {
      setProblem(null);
      try {
        await send(values);
      } catch (error) {
        if (!showAtFields(form, error, words)) setProblem(error);
      }
    })(event);
  };
  return { submit, problem, reset: () => setProblem(null) };
}

/** Whether every complaint of the server belongs to a field of the form, where it is shown. */
function showAtFields<T extends FieldValues>(form: UseFormReturn<T>, error: unknown, words: Record<string, string>): boolean {
  if (!(error instanceof Problem) || error.fields.length === 0) return false;
  const known = error.fields.filter(({ field }) => field in form.getValues());
  for (const { field, message, code } of known) {
    form.setError(field as Path<T>, { message: words[code ?? ''] ?? message }, { shouldFocus: field === known[0]?.field });
  }
  return known.length === error.fields.length;
}
