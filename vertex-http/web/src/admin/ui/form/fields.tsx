import { MenuItem, TextField, type TextFieldProps } from '@mui/material';
import { useController, useFormContext } from 'react-hook-form';

type Props = { name: string } & Omit<TextFieldProps, 'name' | 'value' | 'onChange' | 'error'>;

/** A field of the form around it, with its complaint below. */
export function Field({ name, helperText, ...more }: Props) {
  const { control } = useFormContext();
  const { field, fieldState } = useController({ name, control });
  const { ref, ...input } = field;
  return (
    <TextField
      {...more}
      {...input}
      value={field.value ?? ''}
      inputRef={ref}
      error={fieldState.invalid}
      helperText={fieldState.error?.message ?? helperText}
    />
  );
}

/** A choice of the form around it. */
export function ChoiceField({ options, ...more }: Props & { options: { value: string; label: string }[] }) {
  return (
    <Field select {...more}>
      {options.map(({ value, label }) => (
        <MenuItem key={value} value={value}>
          {label}
        </MenuItem>
      ))}
    </Field>
  );
}
