class SessionsController < ApplicationController
  def restore
    raw = Base64.decode64(cookies[:session])
    # ruleid: ruby-deserialisation
    session = Marshal.load(raw)
    # ruleid: ruby-deserialisation
    settings = YAML.unsafe_load(request.body.read)
    render json: [session, settings]
  end

  def safe
    # ok: ruby-deserialisation
    JSON.parse(params[:session])
    # ok: ruby-deserialisation
    YAML.safe_load(params[:settings])
    # ok: ruby-deserialisation
    Marshal.load(File.binread("/srv/state"))
  end
end
