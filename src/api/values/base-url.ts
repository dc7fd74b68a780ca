/** Where the API lives unless another base URL is given. */
export const defaultBaseUrl = "https://api.onsync.com/v1";
