import { createTheme } from '@mui/material/styles';

/** The panel's look in both colour schemes. */
export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data' },
  colorSchemes: {
    light: { palette: { primary: { main: '#805010' }, background: { default: '#f7f5f2' } } },
    dark: { palette: { primary: { main: '#f3c48d' }, background: { default: '#0c0e13', paper: '#151922' } } },
  },
  shape: { borderRadius: 10 },
  typography: {
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
    h1: { fontSize: '1.6rem', fontWeight: 650 },
    h2: { fontSize: '1.15rem', fontWeight: 650 },
  },
  components: {
    // Each text field would adopt a sheet of its own for two key frames; see admin.css.
    MuiInputBase: { defaultProps: { disableInjectingGlobalStyles: true } },
    MuiButton: { defaultProps: { disableElevation: true }, styleOverrides: { root: { textTransform: 'none' } } },
    MuiTab: { styleOverrides: { root: { textTransform: 'none' } } },
    MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
    MuiTooltip: { defaultProps: { enterDelay: 500 } },
  },
});
