/**
 * Hosts below a provider's name where anybody can have a server or a store of their own, who then
 * reads what arrives there: headers too, as those of stored objects.
 */
import { coversHost } from '../../skills-index/network/host-name.ts';

// Sources: each provider's documentation of the addresses of functions, applications and buckets.
const tenantHosts: readonly string[] = `
  *.amazonaws.com *.amazonaws.com.cn *.on.aws *.aws.dev storage.googleapis.com *.storage.googleapis.com
  *.run.app *.cloudfunctions.net *.appspot.com *.web.app *.firebaseapp.com *.firebaseio.com *.pkg.dev
  script.google.com *.windows.net *.azurewebsites.net *.azure-api.net *.azurecr.io *.cloudapp.azure.com
  *.azurecontainerapps.io *.azurestaticapps.net *.workers.dev *.pages.dev *.r2.cloudflarestorage.com *.r2.dev
  *.digitaloceanspaces.com *.ondigitalocean.app *.vercel.app *.vercel-storage.com *.vercel.sh *.netlify.app
  *.fly.dev *.fly.io *.machines.dev *.herokuapp.com *.onrender.com *.railway.app *.up.railway.app *.hf.space
  *.aliyuncs.com *.myqcloud.com *.oraclecloud.com *.scw.cloud *.linodeobjects.com *.ghe.com
  *.githubusercontent.com *.github.io *.gitlab.io *.supabase.co *.myshopify.com *.atlassian.net *.zendesk.com
  *.force.com *.elastic-cloud.com *.grafana.net *.snowflakecomputing.com *.databricks.com
  *.azuredatabricks.net *.psdb.cloud *.hashicorp.cloud`
  .trim()
  .split(/\s+/);

/** Whether a host of that name may be anybody's, although its domain is a known provider's. */
export function isTenantHost(host: string): boolean {
  return tenantHosts.some((pattern) => coversHost(pattern, host));
}

// A model and its service write these answers, some through a gateway. Whoever sends the question
// names no address in them.
const modelHosts: readonly string[] = `
  gateway.ai.cloudflare.com
  api.anthropic.com api.deepseek.com api.elevenlabs.io api.mistral.ai api.openai.com api.replicate.com
  api.runwayml.com api.stability.ai api.x.ai generativelanguage.googleapis.com *.fal.run`
  .trim()
  .split(/\s+/);

/** Whether a host answers with what a model made, and with addresses of what it made. */
export function isModelHost(host: string): boolean {
  return modelHosts.some((pattern) => coversHost(pattern, host));
}
