/** What the system knows of a connection that failed; each part only where it says so. */
interface NetworkFailure {
  readonly code?: unknown;
  readonly hostname?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly errors?: unknown;
}

/**
 * What a failed connection means to people who do not know the system's codes; undefined where its own message says as much.
 * Of several addresses that were tried, the first one speaks.
 */
export function networkWords(failure: object): string | undefined {
  const { code, hostname, address, port, errors }: NetworkFailure = failure;
  switch (code) {
    case 'ENOTFOUND':
      return typeof hostname === 'string' ? `the name ${hostname} is not known` : undefined;
    case 'EAI_AGAIN':
      return typeof hostname === 'string' ? `no name server could be asked for ${hostname}` : undefined;
    case 'ECONNREFUSED': {
      const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
      if (address === undefined && typeof first === 'object' && first !== null) return networkWords(first);
      return typeof address === 'string' && typeof port === 'number'
        ? `nobody listens at ${address.includes(':') ? `[${address}]` : address}:${port}`
        : undefined;
    }
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return 'what answers there speaks no TLS: is the URL to begin with http:?';
    default:
      return undefined;
  }
}
