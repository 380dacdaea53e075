class FormulasController < ApplicationController
  ACTIONS = %w[start stop].freeze

  def calculate
    # ruleid: ruby-code-injection
    eval(params[:formula])
    # ruleid: ruby-code-injection
    job.send(params[:action_name], 1)
    # ruleid: ruby-code-injection
    params[:type].constantize.new
    # ruleid: ruby-code-injection
    render inline: "<p>" + params[:name] + "</p>"
  end

  def safe
    # ok: ruby-code-injection
    eval("1 + 1")
    # ok: ruby-code-injection
    job.send(:start, params[:id])
    if ACTIONS.include?(params[:action_name])
      # ok: ruby-code-injection
      job.public_send(params[:action_name])
    end
  end
end
