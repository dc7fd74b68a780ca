/** The platforms, as people call them. */

export const platformNames = {
  whatsapp: "WhatsApp",
  instagram: "Instagram",
  facebook: "Facebook",
  telegram: "Telegram",
};

export function platformName(platform) {
  return platformNames[platform] ?? platform;
}
